# Units with different options in one program. What depends on the options is in conditions.txt.
function(signhook_odr_unit name)
  add_library(odr_${name} OBJECT odr/unit.cpp)
  target_link_libraries(odr_${name} PRIVATE signhook_strict)
  target_compile_definitions(odr_${name} PRIVATE UNIT=${name})
  target_compile_options(odr_${name} PRIVATE ${ARGN})
endfunction()

include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-march=native SIGNHOOK_MARCH_NATIVE)
check_cxx_compiler_flag(-std=c++23 SIGNHOOK_CXX_23)
signhook_odr_unit(checked -O0 -UNDEBUG -DSIMDJSON_DEVELOPMENT_CHECKS=1 -D_GLIBCXX_ASSERTIONS)
signhook_odr_unit(plain -O2 -DNDEBUG -fno-exceptions -fno-rtti)
# GCC 12 finds an overflow within fmt that is none.
signhook_odr_unit(native -O1 $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow> -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $<$<BOOL:${SIGNHOOK_MARCH_NATIVE}>:-march=native>)
signhook_odr_unit(newer -O1 $<$<BOOL:${SIGNHOOK_CXX_23}>:-std=c++23>)
# Where vectors are part of the language's ABI, as on amd64, this stands for a unit that has none.
signhook_odr_unit(scalar -O0 -U__SSE2__ -U__ARM_NEON)

# In both orders, as the linker keeps the first copy of a function.
foreach(order forward backward)
  add_executable(odr_${order} odr/main.cpp)
  set(units odr_checked odr_plain odr_native odr_newer odr_scalar)
  if(order STREQUAL backward)
    list(REVERSE units)
  endif()
  list(TRANSFORM units REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")
  target_sources(odr_${order} PRIVATE ${units})
  target_link_libraries(odr_${order} PRIVATE signhook_strict)
  add_test(NAME "units with different options share a program, linked ${order}" COMMAND odr_${order})
endforeach()

add_test(NAME "each condition of the preprocessor is known"
  COMMAND ${CMAKE_COMMAND} -D INCLUDE=${PROJECT_SOURCE_DIR}/include -P ${CMAKE_CURRENT_SOURCE_DIR}/odr/conditions.cmake)
