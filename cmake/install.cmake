# SPDX-License-Identifier: Apache-2.0
# make install: program, libraries, headers, pkg-config, CMake package, man page, completion.
include(CMakePackageConfigHelpers)

if(NOT TARGET tradewind)
  return()
endif()
install(TARGETS tradewind RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS tradewind_static tradewind_shared
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/tradewind DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES share/tradewind.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES share/tradewind.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME tradewind)

set(TW_OUTSIDE_LIST yaml z zstd microhttpd m pthread)
list(TRANSFORM TW_OUTSIDE_LIST PREPEND -l OUTPUT_VARIABLE TW_OUTSIDE_LIBS)
string(JOIN " " TW_OUTSIDE_LIBS ${TW_OUTSIDE_LIBS})
# The prefix is found from where the file lies, so that `cmake --install --prefix` may choose it.
file(RELATIVE_PATH TW_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/tradewind.pc.in tradewind.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/tradewind.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_package_config_file(cmake/tradewind-config.cmake.in tradewind-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tradewind
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(tradewind-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/tradewind-config.cmake ${CMAKE_BINARY_DIR}/tradewind-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tradewind)
