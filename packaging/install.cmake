# The headers, the CMake package and the pkg-config file: the same on every architecture, and relocatable unless
# CMAKE_INSTALL_INCLUDEDIR or CMAKE_INSTALL_DATADIR is absolute; and the program where it is built. format.hpp and the
# inboxes over databases are always installed; using them requires fmt, SQLite and libpq.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Without dots, which CMake's export would take for folders.
cmake_path(SET package_dir NORMALIZE "${CMAKE_INSTALL_DATADIR}/cmake/signhook")
cmake_path(SET pkgconfig_dir NORMALIZE "${CMAKE_INSTALL_DATADIR}/pkgconfig")

# A relative path from the pkg-config file to the headers, where both are in the prefix.
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_DATADIR}")
  set(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX}/${pkgconfig_dir} ${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR})
  string(PREPEND pc_includedir "\${pcfiledir}/")
endif()
string(REPLACE " " "\\ " pc_includedir "${pc_includedir}")

install(TARGETS signhook EXPORT signhook FILE_SET HEADERS)
install(TARGETS signhook_format EXPORT signhook_format FILE_SET HEADERS)
install(TARGETS signhook_sqlite EXPORT signhook_sqlite FILE_SET HEADERS)
install(TARGETS signhook_postgresql EXPORT signhook_postgresql FILE_SET HEADERS)
install(EXPORT signhook NAMESPACE signhook:: DESTINATION ${package_dir} FILE signhookTargets.cmake)
install(EXPORT signhook_format NAMESPACE signhook:: DESTINATION ${package_dir}
  FILE signhookFormatTargets.cmake)
install(EXPORT signhook_sqlite NAMESPACE signhook:: DESTINATION ${package_dir}
  FILE signhookSqliteTargets.cmake)
install(EXPORT signhook_postgresql NAMESPACE signhook:: DESTINATION ${package_dir}
  FILE signhookPostgresqlTargets.cmake)

# CMake 3.25 writes the prefix before the absolute folder of a file set; 3.31 does not.
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  install(CODE "set(headers [[${CMAKE_INSTALL_INCLUDEDIR}]])\nset(package_dir [[${package_dir}]])")
  install(CODE [[
    cmake_path(ABSOLUTE_PATH package_dir BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}")
    file(GLOB exports "$ENV{DESTDIR}${package_dir}/signhook*Targets.cmake")
    foreach(export IN LISTS exports)
      file(READ "${export}" text)
      string(REPLACE "\${_IMPORT_PREFIX}/${headers}" "${headers}" text "${text}")
      file(WRITE "${export}" "${text}")
    endforeach()]])
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/signhookConfig.cmake.in
  signhookConfig.cmake INSTALL_DESTINATION ${package_dir})
if(TARGET signhook_module)
  # The module's object code is in a library; whoever imports it compiles the interface again, with his own flags.
  install(TARGETS signhook_module EXPORT signhook_module
    FILE_SET CXX_MODULES DESTINATION ${CMAKE_INSTALL_DATADIR}/signhook)
  install(EXPORT signhook_module NAMESPACE signhook:: DESTINATION ${package_dir} FILE signhookModuleTargets.cmake
    CXX_MODULES_DIRECTORY modules)
  write_basic_package_version_file(signhookConfigVersion.cmake COMPATIBILITY SameMinorVersion)
else()
  write_basic_package_version_file(signhookConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/signhook.pc.in signhook.pc @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/signhook-sqlite.pc.in signhook-sqlite.pc @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/signhook-postgresql.pc.in signhook-postgresql.pc @ONLY)

install(FILES ${CMAKE_CURRENT_BINARY_DIR}/signhookConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/signhookConfigVersion.cmake DESTINATION ${package_dir})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/signhook.pc ${CMAKE_CURRENT_BINARY_DIR}/signhook-sqlite.pc
  ${CMAKE_CURRENT_BINARY_DIR}/signhook-postgresql.pc
  DESTINATION ${pkgconfig_dir})

# A component of its own keeps it out of the package libsignhook-dev.
if(TARGET signhook_tool)
  install(TARGETS signhook_tool COMPONENT program)
endif()
if(TARGET signhook_documents)
  get_target_property(documents signhook_documents SIGNHOOK_FOLDER)
  install(DIRECTORY ${documents}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT program)
  install(DIRECTORY ${documents}/bash-completion ${documents}/zsh ${documents}/fish
    DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT program)
endif()
