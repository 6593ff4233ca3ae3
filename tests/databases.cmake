# The inboxes and the projection in real databases. Without their libraries the tests are left out, without a
# PostgreSQL server skipped; with SIGNHOOK_NOTHING_SKIPPED in the environment both are failures.

# Endpoints that are killed, and two that lose and double, to prove that it would be seen.
function(signhook_chaos engine)
  add_executable(chaos_${engine} chaos/endpoint_${engine}.cpp)
  target_link_libraries(chaos_${engine} PRIVATE signhook_strict signhook_${engine} Threads::Threads)
  target_compile_definitions(chaos_${engine} PRIVATE
    SIGNHOOK_CLUSTER="${CMAKE_CURRENT_SOURCE_DIR}/postgresql/cluster")
  foreach(test "process 2 12 nothing" "store 3 8 nothing" "early 2 4 lost" "forgetful 2 0 twice")
    separate_arguments(test UNIX_COMMAND ${test})
    list(GET test 0 mode)
    list(GET test 1 processes)
    list(GET test 2 kills)
    list(GET test 3 expect)
    add_test(NAME "chaos: ${engine}, ${mode}" COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/chaos/run
      --engine ${engine} --mode ${mode} --processes ${processes} --kills ${kills} --expect ${expect}
      --endpoint $<TARGET_FILE:chaos_${engine}>)
    set_tests_properties("chaos: ${engine}, ${mode}" PROPERTIES LABELS counted COST 1 TIMEOUT 300
      ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
  endforeach()
endfunction()

if(TARGET SQLite::SQLite3)
  add_executable(sqlite_tests inbox_sqlite.cpp inbox_sqlite_order.cpp inbox_sqlite_queue.cpp receiving_sqlite.cpp)
  target_link_libraries(sqlite_tests PRIVATE
    signhook_strict signhook_sqlite signhook_catch signhook_main Threads::Threads)
  signhook_discover_tests(sqlite_tests TEST_PREFIX "sqlite: " PROPERTIES COST 1)

  add_executable(projection_sqlite projection_sqlite.cpp)
  target_link_libraries(projection_sqlite PRIVATE
    signhook_strict signhook_catch signhook_main SQLite::SQLite3)
  signhook_discover_tests(projection_sqlite TEST_PREFIX "projection: " PROPERTIES COST 1)

  if(SIGNHOOK_TEST_CHAOS AND Python3_FOUND AND NOT WIN32 AND NOT CMAKE_CROSSCOMPILING)
    signhook_chaos(sqlite)
  endif()
elseif(DEFINED ENV{SIGNHOOK_NOTHING_SKIPPED})
  message(FATAL_ERROR "The tests over SQLite need SQLite: apt-get install libsqlite3-dev")
endif()

# Each program starts a server of its own, which runs on the machine that builds.
if(WIN32 OR CMAKE_CROSSCOMPILING)
  message(STATUS "The tests in PostgreSQL are for the machine that builds them")
elseif(TARGET PostgreSQL::PostgreSQL)
  set(cluster ${CMAKE_CURRENT_SOURCE_DIR}/postgresql/cluster)

  add_executable(inbox_postgresql_tests inbox_postgresql.cpp inbox_postgresql_batch.cpp inbox_postgresql_faults.cpp inbox_postgresql_migrate.cpp
    inbox_postgresql_order.cpp inbox_postgresql_queue.cpp receiving_postgresql.cpp)
  target_link_libraries(inbox_postgresql_tests PRIVATE
    signhook_strict signhook_postgresql signhook_catch signhook_main Threads::Threads)
  target_compile_definitions(inbox_postgresql_tests PRIVATE SIGNHOOK_CLUSTER="${cluster}")
  add_test(NAME "inbox in PostgreSQL" COMMAND inbox_postgresql_tests)
  set_tests_properties("inbox in PostgreSQL" PROPERTIES COST 1 TIMEOUT 200)

  add_executable(projection_postgresql projection_postgresql.cpp)
  target_link_libraries(projection_postgresql PRIVATE signhook_strict PostgreSQL::PostgreSQL)
  add_test(NAME "projection: PostgreSQL has the projection of random histories"
    COMMAND projection_postgresql ${cluster})
  set_tests_properties("projection: PostgreSQL has the projection of random histories" PROPERTIES
    COST 1 TIMEOUT 200 SKIP_RETURN_CODE 77)

  # Its ratio is worth reading, and is one of an optimised build.
  if(SIGNHOOK_TEST_CHAOS AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_executable(throughput_postgresql postgresql/throughput.cpp)
    target_link_libraries(throughput_postgresql PRIVATE signhook_strict signhook_postgresql Threads::Threads)
    target_compile_definitions(throughput_postgresql PRIVATE SIGNHOOK_CLUSTER="${cluster}")
    add_test(NAME "throughput of the inbox in PostgreSQL" COMMAND throughput_postgresql)
    set_tests_properties("throughput of the inbox in PostgreSQL" PROPERTIES
      LABELS counted RUN_SERIAL ON TIMEOUT 200)
  endif()

  if(SIGNHOOK_TEST_CHAOS AND Python3_FOUND)
    signhook_chaos(postgresql)
  endif()
elseif(DEFINED ENV{SIGNHOOK_NOTHING_SKIPPED})
  message(FATAL_ERROR "The tests in PostgreSQL need libpq: apt-get install libpq-dev postgresql")
endif()
