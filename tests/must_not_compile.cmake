# Compiles must_not_compile.cpp once for each case as it should be written, and once as it should not,
# and looks for the reason in what the compiler says.
set(source ${CMAKE_CURRENT_LIST_DIR}/must_not_compile.cpp)
list(TRANSFORM INCLUDES PREPEND -I)

function(compile case wrong)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} -std=c++20 -fsyntax-only ${INCLUDES} -D${case}
      -DWRONG=${wrong} ${source}
    RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  set(code ${code} PARENT_SCOPE)
  set(said "${said}" PARENT_SCOPE)
endfunction()

function(check case reason)
  compile(${case} 0)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${case} does not compile as it should be written:\n${said}")
  endif()
  compile(${case} 1)
  if(code EQUAL 0)
    message(FATAL_ERROR "${case} compiles as it should not be written")
  endif()
  if(NOT said MATCHES "${reason}")
    message(FATAL_ERROR "${case} is refused for another reason than '${reason}':\n${said}")
  endif()
endfunction()

check(READ_TEMPORARY_RESULT "use of deleted function|overload resolution selected deleted operator")
check(FOLLOW_TEMPORARY_RESULT "use of deleted function|overload resolution selected deleted operator")
check(VIEW_TEMPORARY_TEXT "use of deleted function|call to deleted member function")
check(VIEW_TEMPORARY_STATE "use of deleted function|call to deleted member function")
check(DOSSIER_OF_TEMPORARY "use of deleted function|call to deleted function")
check(MIX_IDS "could not convert|no viable conversion|cannot convert")
check(COMPARE_IDS "no match for .operator==.|invalid operands to binary expression")
check(IGNORE_RESULT "ignoring return(ed)? value")
check(STRING_AS_PADDED "conversion from .* to non-scalar type .*padded_string_view|no viable conversion from .*padded_string_view")
check(PRINT_SECRETS "Cannot format an argument|formattable")
