# cpack -G DEB: the package libsignhook-dev, the same on every architecture.
set(CPACK_DEBIAN_PACKAGE_NAME libsignhook-dev)
set(CPACK_PACKAGE_CONTACT "signhook <signhook@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "webhooks of CM.com Sign as typed events, for C++20")
set(CPACK_PACKAGE_DESCRIPTION "signhook turns the webhook bodies of CM.com Sign, the e-signing service, into
typed values, or into one located error. It is header-only and uses simdjson;
with libfmt-dev it also formats what it decodes.")
# The headers only; the program depends on the architecture.
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};${PROJECT_NAME};Unspecified;/")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libsimdjson-dev (>= 3.0.1)")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libfmt-dev (>= 9.1)")

# The changelog and the copyright file that Debian policy requires (sections 4.4 and 12.5).
configure_file(${CMAKE_CURRENT_LIST_DIR}/debian_documents.cmake.in debian_documents.cmake @ONLY)
set(CPACK_INSTALL_SCRIPTS ${CMAKE_CURRENT_BINARY_DIR}/debian_documents.cmake)
include(CPack)
