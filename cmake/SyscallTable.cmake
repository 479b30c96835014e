# SPDX-License-Identifier: Apache-2.0
# cmake -DCOMPILER=... -DOUTPUT=... -P: writes the names and numbers of system calls as the C library's headers have them.
execute_process(COMMAND ${COMPILER} -dM -E -include sys/syscall.h -x c /dev/null OUTPUT_VARIABLE macros COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "#define __NR_[a-z0-9_]+ [0-9]+" lines "${macros}")
set(rows "")
foreach(line ${lines})
  string(REGEX REPLACE "#define __NR_([a-z0-9_]+) ([0-9]+)" "{\\2, \"\\1\"},\n" row ${line})
  string(APPEND rows "${row}")
endforeach()
if(rows STREQUAL "")
  message(FATAL_ERROR "no system call numbers in <sys/syscall.h>")
endif()
file(WRITE ${OUTPUT} "${rows}")
