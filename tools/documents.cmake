# Writes the manual pages and the completion scripts, which the program prints: cmake -D TOOL=build/install/tools/signhook
# -D FOLDER=documents -P tools/documents.cmake. TOOL may be a list: an emulator and its arguments come first.
cmake_minimum_required(VERSION 3.25)

function(print to)
  get_filename_component(folder "${to}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND ${TOOL} ${ARGN} OUTPUT_FILE "${to}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

execute_process(COMMAND ${TOOL} manual --list OUTPUT_VARIABLE commands COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[a-z]+" commands "${commands}")
print(${FOLDER}/man1/signhook.1 manual)
foreach(command IN LISTS commands)
  print(${FOLDER}/man1/signhook-${command}.1 manual ${command})
endforeach()
print(${FOLDER}/bash-completion/completions/signhook completion bash)
print(${FOLDER}/zsh/site-functions/_signhook completion zsh)
print(${FOLDER}/fish/vendor_completions.d/signhook.fish completion fish)
