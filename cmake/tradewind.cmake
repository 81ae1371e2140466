# SPDX-License-Identifier: Apache-2.0
# How a folder under src/ becomes a library, and all of them libtradewind and the program.
include(GNUInstallDirs)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(TW_CCACHE ccache)
if(TW_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${TW_CCACHE})
endif()

# Warnings are errors under the compilers that CI runs; another compiler's news must not keep a user from building.
set(werror OFF)
if((CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_COMPILER_VERSION MATCHES "^12\\.")
   OR (CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION MATCHES "^14\\."))
  set(werror ON)
endif()
option(TW_WERROR "warnings are errors" ${werror})
if(TW_WERROR)
  add_compile_options(-Werror)
endif()

# -ffp-contract=off: the bits of a result must not depend on what a compiler fuses.
add_compile_options(
  -Wall -Wextra -Wconversion -Wpedantic -Wshadow -Wstrict-prototypes -Wvla
  -ffp-contract=off -fno-math-errno -fno-trapping-math)
add_compile_definitions(_POSIX_C_SOURCE=200809L TW_VERSION="${PROJECT_VERSION}")

set(TW_SANITIZE "" CACHE STRING "sanitizers, e.g. address,undefined")
if(TW_SANITIZE)
  add_compile_definitions(TW_SANITIZED=1)
  add_compile_options(-fsanitize=${TW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TW_SANITIZE})
endif()

# Kernels (src/<folder>/kernels/*.c) are compiled once per instruction set; TW_ISA_NAME(x) gives each copy its name.
set(TW_ISAS baseline)
# gcc 12 makes a fused multiply-add of a sum and a difference side by side (vfmaddsub), -ffp-contract=off or not, where it
# vectorises straight-line code; loops over lanes do not need that. At -O3 it would also write a loop over 8 or 16 lanes
# out before it looks at it, and make straight-line code of it; at -O2 it writes out what TW_FEW marks. Loops that copy or
# clear a row stay loops: of these it makes rep movs and rep stos, which take longer to start than a row takes.
if(TW_SANITIZE)
  set(TW_KERNEL_FLAGS -O1)
elseif(CMAKE_C_COMPILER_ID STREQUAL GNU)
  set(TW_KERNEL_FLAGS -O2 -ftree-loop-vectorize -fvect-cost-model=dynamic -fpeel-loops -funswitch-loops
                      -fno-tree-slp-vectorize -fno-tree-loop-distribute-patterns)
else()
  set(TW_KERNEL_FLAGS -O3 -fno-slp-vectorize)
endif()
set(TW_ISA_FLAGS_baseline ${TW_KERNEL_FLAGS})
# Under sanitizers there is one path: which memory a kernel touches is the same on each, decided before the compiler
# vectorises, and a file takes a minute to compile with all the checks in it.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT TW_SANITIZE)
  list(APPEND TW_ISAS avx2 avx512)
  set(TW_ISA_FLAGS_avx2 ${TW_KERNEL_FLAGS} -march=x86-64-v3)
  set(TW_ISA_FLAGS_avx512 ${TW_KERNEL_FLAGS} -march=x86-64-v4 -mprefer-vector-width=512)
endif()

set_property(GLOBAL PROPERTY TW_FOLDERS "")

function(tw_folder name)
  cmake_parse_arguments(F "" "" "USES;LINK" ${ARGN})
  # A large folder has its sources in folders of its own, one deep; kernels/ is built apart.
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c ${CMAKE_SOURCE_DIR}/src/${name}/*/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.c$|/kernels/")
  if(TW_FLOORS_ONLY OR (name STREQUAL "cli" AND NOT OUT_CAIRO_FOUND))
    # <folder>/ext_*.c are the only sources that need a library from outside.
    list(FILTER sources EXCLUDE REGEX "/ext_[^/]*\\.c$")
  else()
    # <folder>/absent_*.c answer "not in this build" in their place.
    list(FILTER sources EXCLUDE REGEX "/absent_[^/]*\\.c$")
  endif()
  # Files put into the library as they are: src/<folder>/assets.S (today the report page).
  file(GLOB assets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.S)
  if(assets)
    set(page ${CMAKE_SOURCE_DIR}/web/dist/report.html)
    set_source_files_properties(${assets} PROPERTIES
      COMPILE_DEFINITIONS "TW_REPORT_HTML=\"${page}\"" OBJECT_DEPENDS ${page})
    list(APPEND sources ${assets})
  endif()
  file(GLOB kernels CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/kernels/*.c)
  set(objects "")
  foreach(isa ${TW_ISAS})
    if(kernels)
      set(target tw_${name}_${isa})
      add_library(${target} OBJECT ${kernels})
      tw_configure(${target})
      target_compile_options(${target} PRIVATE ${TW_ISA_FLAGS_${isa}})
      target_compile_definitions(${target} PRIVATE TW_ISA_SUFFIX=_${isa})
      list(APPEND objects $<TARGET_OBJECTS:${target}>)
    endif()
  endforeach()
  if(NOT sources AND NOT kernels)
    add_library(tw_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(tw_${name} STATIC ${sources} ${objects})
    tw_configure(tw_${name})
    set(scope PUBLIC)
    set_property(GLOBAL APPEND PROPERTY TW_FOLDERS ${name})
  endif()
  list(TRANSFORM F_USES PREPEND tw_)
  target_link_libraries(tw_${name} ${scope} ${F_USES} ${F_LINK})
  if(NOT TW_FLOORS_ONLY)
    tw_outside(tw_${name} ${name} ${scope})
  endif()
endfunction()

function(tw_configure target)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)
  list(LENGTH TW_ISAS n)
  if(n GREATER 1)
    target_compile_definitions(${target} PRIVATE TW_HAVE_X86_PATHS=1)
  endif()
endfunction()

# Libraries from outside, folder by folder; docs/dependencies.md says why each.
find_package(PkgConfig QUIET)
if(NOT TW_FLOORS_ONLY)
  pkg_check_modules(OUT_JANSSON IMPORTED_TARGET jansson) # for a test only: tests/oracle/io/json_test.c
  pkg_check_modules(OUT_YAML REQUIRED IMPORTED_TARGET yaml-0.1)
  pkg_check_modules(OUT_ZLIB REQUIRED IMPORTED_TARGET zlib)
  pkg_check_modules(OUT_ZSTD REQUIRED IMPORTED_TARGET libzstd)
  pkg_check_modules(OUT_MHD REQUIRED IMPORTED_TARGET libmicrohttpd)
  pkg_check_modules(OUT_CAIRO IMPORTED_TARGET cairo) # without it, charts are SVG and HTML only
endif()
function(tw_outside target name scope)
  if(name STREQUAL "io")
    target_link_libraries(${target} ${scope} PkgConfig::OUT_YAML PkgConfig::OUT_ZLIB PkgConfig::OUT_ZSTD)
  elseif(name STREQUAL "serve")
    target_link_libraries(${target} ${scope} PkgConfig::OUT_MHD)
  elseif(name STREQUAL "cli" AND OUT_CAIRO_FOUND)
    target_link_libraries(${target} ${scope} PkgConfig::OUT_CAIRO)
  endif()
endfunction()

# libtradewind: every folder but the program's own.
function(tw_library)
  get_property(folders GLOBAL PROPERTY TW_FOLDERS)
  list(REMOVE_ITEM folders cli)
  set(objects "")
  foreach(f ${folders})
    list(APPEND objects $<TARGET_OBJECTS:tw_${f}>)
    foreach(isa ${TW_ISAS})
      if(TARGET tw_${f}_${isa})
        list(APPEND objects $<TARGET_OBJECTS:tw_${f}_${isa}>)
      endif()
    endforeach()
  endforeach()
  if(NOT folders)
    return()
  endif()
  set(outside PkgConfig::OUT_YAML PkgConfig::OUT_ZLIB PkgConfig::OUT_ZSTD PkgConfig::OUT_MHD m pthread)
  foreach(kind STATIC SHARED)
    string(TOLOWER ${kind} suffix)
    add_library(tradewind_${suffix} ${kind} ${objects})
    set_target_properties(tradewind_${suffix} PROPERTIES OUTPUT_NAME tradewind LINKER_LANGUAGE C
      VERSION ${PROJECT_VERSION} SOVERSION 0)
    target_link_libraries(tradewind_${suffix} PRIVATE ${outside})
  endforeach()
  target_link_options(tradewind_shared PRIVATE -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/tradewind.map)
  set_property(TARGET tradewind_shared APPEND PROPERTY LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/tradewind.map)
endfunction()

function(tw_program)
  get_property(folders GLOBAL PROPERTY TW_FOLDERS)
  if(NOT "cli" IN_LIST folders)
    return()
  endif()
  add_executable(tradewind ${CMAKE_SOURCE_DIR}/src/cli/main.c)
  tw_configure(tradewind)
  target_link_libraries(tradewind PRIVATE tw_cli)
endfunction()
