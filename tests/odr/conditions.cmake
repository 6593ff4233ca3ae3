# Compares the conditions of the preprocessor in the headers with conditions.txt, which says for each what it
# changes and why units for which it differs may share a program.
#   cmake -D INCLUDE=... -P conditions.cmake
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/conditions.txt known REGEX "^#")
file(GLOB_RECURSE headers RELATIVE ${INCLUDE}/signhook ${INCLUDE}/*.hpp)
set(found "")
foreach(header IN LISTS headers)
  file(STRINGS ${INCLUDE}/signhook/${header} conditions REGEX "^ *# *(if|ifdef|ifndef|elif)|__has_|__cplusplus|NDEBUG")
  foreach(condition IN LISTS conditions)
    list(APPEND found "${condition}")
    if(NOT condition IN_LIST known)
      message(SEND_ERROR "${header}: tests/odr/conditions.txt does not say what this changes: ${condition}")
    endif()
  endforeach()
endforeach()
foreach(condition IN LISTS known)
  if(NOT condition IN_LIST found)
    message(SEND_ERROR "no header has this line of tests/odr/conditions.txt: ${condition}")
  endif()
endforeach()
