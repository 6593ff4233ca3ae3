import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout

required_conan_version = ">=2.0"


class SignhookConan(ConanFile):
    name = "signhook"
    description = "Webhooks of CM.com Sign as typed events"
    license = "BSL-1.0"
    topics = ("webhook", "json", "e-signing", "cm.com", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"with_fmt": [True, False], "with_sqlite": [True, False], "with_postgresql": [True, False]}
    default_options = {"with_fmt": False, "with_sqlite": False, "with_postgresql": False}
    exports_sources = "include/*", "LICENSE"
    test_package_folder = "packaging/conan/test_package"
    no_copy_source = True

    def set_version(self):
        header = load(self, f"{self.recipe_folder}/include/signhook/version.hpp")
        self.version = ".".join(re.findall(r"#define SIGNHOOK_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))

    def layout(self):
        basic_layout(self, src_folder=".")

    def requirements(self):
        self.requires("simdjson/[>=3.0.1 <5]", transitive_headers=True, transitive_libs=True)
        if self.options.with_fmt:
            self.requires("fmt/[>=9.1 <13]", transitive_headers=True, transitive_libs=True)
        if self.options.with_sqlite:
            self.requires("sqlite3/[>=3.24 <4]", transitive_headers=True, transitive_libs=True)
        if self.options.with_postgresql:
            self.requires("libpq/[>=14 <18]", transitive_headers=True, transitive_libs=True)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)

    def package(self):
        copy(self, "LICENSE", self.source_folder, f"{self.package_folder}/licenses")
        copy(self, "*.hpp", f"{self.source_folder}/include", f"{self.package_folder}/include")

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "signhook")
        self.cpp_info.set_property("pkg_config_name", "signhook-all")

        library = self.cpp_info.components["signhook"]
        library.set_property("cmake_target_name", "signhook::signhook")
        library.set_property("pkg_config_name", "signhook")
        library.bindirs = library.libdirs = []
        library.requires = ["simdjson::simdjson"]

        if self.options.with_fmt:
            formatters = self.cpp_info.components["format"]
            formatters.set_property("cmake_target_name", "signhook::format")
            formatters.set_property("pkg_config_name", "signhook-format")
            formatters.bindirs = formatters.libdirs = []
            formatters.requires = ["signhook", "fmt::fmt"]

        if self.options.with_sqlite:
            sqlite = self.cpp_info.components["sqlite"]
            sqlite.set_property("cmake_target_name", "signhook::sqlite")
            sqlite.set_property("pkg_config_name", "signhook-sqlite")
            sqlite.bindirs = sqlite.libdirs = []
            sqlite.requires = ["signhook", "sqlite3::sqlite3"]

        if self.options.with_postgresql:
            postgresql = self.cpp_info.components["postgresql"]
            postgresql.set_property("cmake_target_name", "signhook::postgresql")
            postgresql.set_property("pkg_config_name", "signhook-postgresql")
            postgresql.bindirs = postgresql.libdirs = []
            postgresql.requires = ["signhook", "libpq::pq"]
