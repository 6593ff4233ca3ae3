# Compiles the CASE of must_not_compile.cpp as it should be written, and as it should not, and looks for the
# REASON in the compiler's output.
list(TRANSFORM INCLUDES PREPEND -I)

macro(compile wrong)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} -std=c++20 -fsyntax-only ${INCLUDES} -D${CASE}
      -DWRONG=${wrong} ${CMAKE_CURRENT_LIST_DIR}/must_not_compile.cpp
    RESULT_VARIABLE code OUTPUT_VARIABLE log ERROR_VARIABLE log)
endmacro()

compile(0)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "It does not compile as it should be written:\n${log}")
endif()
compile(1)
if(code EQUAL 0)
  message(FATAL_ERROR "It compiles as it should not be written")
endif()
if(NOT log MATCHES "${REASON}")
  message(FATAL_ERROR "It is rejected for another reason than '${REASON}':\n${log}")
endif()
