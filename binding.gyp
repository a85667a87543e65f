{
  "targets": [
    {
      "target_name": "pawl",
      "sources": [
        "native/src/abort_pause.cc",
        "native/src/addon.cc",
        "native/src/capture_pipe.cc",
        "native/src/fd_io.cc",
        "native/src/fd_redirect.cc",
        "native/src/interrupt.cc",
        "native/src/no_exceptions.cc",
        "native/src/process_bonds.cc",
        "native/src/sys_error.cc",
        "native/src/v8_terminate.cc"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": [
        "NAPI_VERSION=9",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        "BUILDING_NODE_EXTENSION",
        "_GLIBCXX_ASSERTIONS"
      ],
      "cflags_cc": [
        "-std=c++17",
        "-fvisibility=hidden",
        "-Wall",
        "-Wextra",
        "-fno-exceptions",
        "-fno-rtti",
        "-ffunction-sections",
        "-fdata-sections"
      ],
      "conditions": [
        [
          "OS=='linux'",
          {
            "ldflags": [
              "-static-libstdc++",
              "-static-libgcc",
              "-Wl,--gc-sections",
              "-Wl,-z,nodelete",
              "-Wl,--version-script=<(module_root_dir)/native/exports.map"
            ]
          }
        ],
        [
          "OS=='mac'",
          {
            "xcode_settings": {
              "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
              "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
              "GCC_ENABLE_CPP_RTTI": "NO",
              "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
              "OTHER_CPLUSPLUSFLAGS": ["-Wall", "-Wextra"],
              "OTHER_LDFLAGS": ["-Wl,-dead_strip"]
            }
          }
        ]
      ]
    }
  ]
}
