/* SPDX-License-Identifier: Apache-2.0 */
/* assets.S - the report page built from web/, put into the library as it is (TW_REPORT_HTML is its path); see assets.h. */
        .section .rodata
        .global tw_report_html
        .hidden tw_report_html
        .type   tw_report_html, %object
        .balign 16
tw_report_html:
        .incbin TW_REPORT_HTML
        .global tw_report_html_end
        .hidden tw_report_html_end
        .type   tw_report_html_end, %object
tw_report_html_end:
        .byte   0
        .size   tw_report_html, tw_report_html_end - tw_report_html
        .size   tw_report_html_end, 1
#if defined(__ELF__)
        .section .note.GNU-stack, "", %progbits
#endif
