# An overlay port of the tree it stands in: vcpkg install --overlay-ports=packaging/vcpkg signhook
# vcpkg does not see when the tree changes: --no-binarycaching makes it look anew.
set(VCPKG_BUILD_TYPE release) # header-only

get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../.." ABSOLUTE)
vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -DSIGNHOOK_BUILD_TESTS=OFF
        -DSIGNHOOK_BUILD_TOOLS=OFF
        -DSIGNHOOK_BUILD_EXAMPLES=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/signhook)
vcpkg_fixup_pkgconfig()
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
