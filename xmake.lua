-- For xmake: add_requires("signhook") where this is a package, or includes("signhook") of this folder. Not run by a test.
set_project("signhook")
set_version("0.1.0")
set_languages("cxx20")

add_requires("simdjson >=3.0.1")

target("signhook")
    set_kind("headeronly")
    add_headerfiles("include/(signhook/**.hpp)")
    add_includedirs("include", {public = true})
    add_packages("simdjson", {public = true})
target_end()
