# Limits on instruction counts by callgrind, which do not depend on the load of the machine. Two runs are
# counted, of one and of three passes over a corpus; the difference leaves out the making of the corpus.
# Each limit is a little above the ratio that was counted when it was set (GCC 12, -O3).
#   cmake -D VALGRIND=... -D PROGRAM=... -P bench/ratios.cmake
cmake_minimum_required(VERSION 3.25)

# Counts the instructions of an event of `name`, which is WHO/CORPUS. Making more bodies takes longer than to decode
# them, and does not change the counts.
function(count_instructions name result)
  set(count 256)
  string(APPEND name /${count})
  string(MAKE_C_IDENTIFIER "${name}" known)
  if(NOT DEFINED CACHE{${known}})
    foreach(times 1 3)
      execute_process(COMMAND ${VALGRIND} --tool=callgrind --callgrind-out-file=/dev/null ${PROGRAM} --run ${name} ${times}
        ERROR_VARIABLE log COMMAND_ERROR_IS_FATAL ANY)
      if(NOT log MATCHES "Collected : ([0-9]+)")
        message(FATAL_ERROR "callgrind printed no count:\n${log}")
      endif()
      set(counted_${times} ${CMAKE_MATCH_1})
    endforeach()
    math(EXPR each "(${counted_3} - ${counted_1}) / (2 * ${count})")
    set(${known} ${each} CACHE INTERNAL "")
  endif()
  set(${result} ${${known}} PARENT_SCOPE)
endfunction()

# Fails if `name` takes more than `limit` per cent of the instructions of `other`.
function(compare name other limit)
  count_instructions("${name}" one)
  count_instructions("${other}" two)
  math(EXPR percent "100 * ${one} / ${two}")
  message("${name}: ${one} instructions an event, ${percent} % of ${other}; at most ${limit} %")
  if(percent GREATER limit)
    set(failed TRUE PARENT_SCOPE)
  endif()
endfunction()

compare("signhook/compact" "simdjson On-Demand/compact" 30)
compare("signhook/compact" "floor: simdjson stage 1/compact" 95)
compare("signhook/pretty, 4 spaces" "simdjson On-Demand/pretty, 4 spaces" 40)
compare("signhook/drifted" "simdjson On-Demand/drifted" 55)
compare("signhook/shuffled" "simdjson On-Demand/shuffled" 102)
compare("signhook/unknown states" "simdjson On-Demand/unknown states" 50)
compare("signhook/60 KiB" "simdjson DOM/60 KiB" 100)
# Bodies that are not of the canonical form, or not quite.
compare("signhook/pretty, 2 spaces" "signhook/compact" 145)
compare("signhook/pretty, tabs" "signhook/compact" 205)
compare("signhook/Python spacing" "signhook/compact" 190)
compare("signhook/unknown states" "signhook/compact" 145)
compare("signhook/upper-case ids" "signhook/compact" 105)
compare("signhook/Z times" "signhook/compact" 125)
compare("signhook/fractions" "signhook/compact" 140)
compare("signhook/escaped slashes" "signhook/compact" 215)
compare("signhook/unknown type" "signhook/compact" 415)
compare("signhook/drifted" "signhook/compact" 270)
# A rejected body is read again to say why.
compare("signhook/broken" "signhook/compact" 355)
# `validate` of a good body may take half as long again as `decode`.
compare("signhook validate/compact" "signhook/compact" 105)
compare("signhook validate/unknown states" "signhook/unknown states" 110)
compare("signhook validate/drifted" "signhook/drifted" 115)
compare("signhook validate/shuffled" "signhook/shuffled" 115)
compare("signhook lines/compact" "signhook/compact" 105)
if(failed)
  message(FATAL_ERROR "a ratio exceeds its limit")
endif()
