// swift-tools-version: 6.2
import PackageDescription

/// Where clang keeps libFuzzer, for a build of `hack/fuzz`; nil in all others.
let fuzzing = Context.environment["RAMPART_FUZZING"]

/// A build for libFuzzer counts in every room which way the code went.
let instrumentation: [SwiftSetting] =
    fuzzing == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]

/// Every room is compiled the same strict way: Swift 6 concurrency checks, explicit imports, no warning let through.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("ExistentialAny"),
        .treatAllWarnings(as: .error),
    ] + instrumentation

/// The linker that comes with Swift. A program for production shows no names for other libraries to call, so that what
/// nobody calls is left out, and has its addresses in the short form (`DT_RELR`, glibc 2.36): 10 MB of memory less.
let linking: [LinkerSetting] = [
    .unsafeFlags(["-use-ld=lld"]),
    .unsafeFlags(
        ["-Xlinker", "--no-export-dynamic", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"],
        .when(configuration: .release)),
]

/// One room of the code: a target with one concern and only the imports that docs/architecture.md draws.
func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// The tests of one room.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], resources: resources, swiftSettings: strict)
}

let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "rampart",
    products: [.executable(name: "rampart", targets: ["rampart"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CBeneath"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        room("JSONValues", [collections]),
        room("URLText", []),
        room("Gzip", ["CZlib"]),
        room("Instruments", []),
        room("Secrets", [crypto, logging, nioPosix]),
        room("Logs", ["JSONValues", logging]),
        room("YAMLValues", ["CLibyaml", "JSONValues"]),
        room("Git", ["CLibgit2", "CZlib"]),
        room("Signatures", [crypto, cryptoExtras]),
        room("Graphs", ["JSONValues", "YAMLValues", collections, crypto]),
        room("Remotes", ["Git", "GitProgram", subprocess, systemPackage]),
        room(
            "Apps",
            ["Git", "Graphs", "Instruments", "JSONValues", "Logs", "Remotes", collections, crypto, lifecycle, logging]),
        room("Events", ["Apps", "Git", "Graphs", "Logs", collections, lifecycle, logging]),
        room(
            "Kubernetes",
            [
                "Instruments", "JSONValues", "Secrets", "URLText", "YAMLValues", collections, crypto, httpClient,
                lifecycle,
                logging, nioCore, nioPosix,
                nioFoundation, nioHTTP1, nioSSL, subprocess, systemPackage,
            ]),
        room(
            "Grafana",
            [
                "Instruments", "JSONValues", "Secrets", "URLText", crypto, httpClient, logging, nioCore, nioPosix,
                nioFoundation, nioHTTP1, nioSSL,
            ]),
        room(
            "Sync",
            [
                "Apps", "Events", "Git", "Grafana", "Graphs", "Instruments", "JSONValues", "Kubernetes", "Logs",
                collections,
                lifecycle, logging,
            ]),
        room("Migration", ["Apps", "Git", "Graphs", "JSONValues", collections]),
        room("OpenAPI", ["Graphs", "JSONValues", "YAMLValues", crypto]),
        room(
            "Access",
            [
                "JSONValues", "Kubernetes", "Secrets", "YAMLValues", asn1, crypto, httpClient, jwtKit, lifecycle,
                logging, nioCore, nioHTTP1, nioPosix, nioSSL, x509,
            ]),
        room(
            "Listening",
            [httpTypes, hummingbird, hummingbirdCore, lifecycle, logging, nioCore, nioHTTPTypes, nioSSL]),
        room(
            "Flows",
            [
                "CBeneath", "Git", "JSONValues", "Listening", "URLText", "YAMLValues", hummingbird, lifecycle, logging,
                nioCore, nioPosix,
            ]),
        room("GitProgram", [logging, subprocess, systemPackage]),
        room("Housekeeping", ["Git", "GitProgram", lifecycle, logging, subprocess, systemPackage]),
        room(
            "GitHTTP",
            [
                "GitProgram", "Logs", asyncAlgorithms, httpTypes, hummingbird, logging, nioCore, nioPosix, subprocess,
                systemPackage,
            ]),
        room("Upstreams", [httpClient, nioCore, nioHTTP1]),
        room("Pulsar", ["Secrets", nioCore, nioPosix, nioSSL, protobuf]),
        room(
            "Forges",
            ["Instruments", "JSONValues", "Secrets", "URLText", crypto, httpClient, logging, nioCore, nioHTTP1, nioSSL]),
        room(
            "Health",
            [
                "Gzip", "JSONValues", "Kubernetes", "Pulsar", "URLText", "Upstreams", collections, lifecycle, logging,
            ]),
        room("CommitStatuses", ["Apps", "Forges", "Git", "Graphs", "Logs", "Sync", collections, lifecycle, logging]),
        room(
            "Service",
            [
                "Access", "Apps", "Events", "Forges", "Git", "GitHTTP", "Graphs", "Health", "Housekeeping",
                "Instruments", "JSONValues", "Kubernetes", "Listening", "Logs", "OpenAPI", "Remotes",
                "Secrets", "Sync", "Upstreams", "URLText",
                collections,
                crypto, httpClient, httpTypes, hummingbird, lifecycle, logging, nioCore, nioHTTP1, nioPosix, nioSSL,
            ]),
        room(
            "Sandbox",
            [
                "Graphs", "Gzip", "JSONValues", "Listening", collections, crypto, httpTypes, hummingbird, lifecycle,
                logging, nioCore, nioFoundation, nioSSL,
            ]),
        .executableTarget(
            name: "rampart",
            dependencies: [
                "Access", "Apps", "CommitStatuses", "Events", "Flows", "Forges", "Git", "GitHTTP", "Grafana", "Graphs",
                "Health", "Housekeeping", "Instruments", "JSONValues", "Kubernetes", "Listening", "Logs", "Migration",
                "Pulsar", "Remotes", "Sandbox", "Secrets", "Service", "Signatures",
                "Sync", "URLText", "Upstreams", argumentParser,
                collections, httpClient, hummingbird, lifecycle, logging, nioCore, nioFoundation, nioHTTP1, nioSSL,
                unixSignals,
            ],
            swiftSettings: strict, linkerSettings: linking),
        .target(
            name: "TestSupport",
            dependencies: ["JSONValues", logging, subprocess, systemPackage],
            path: "Tests/TestSupport", swiftSettings: strict, linkerSettings: linking),
        .target(
            name: "PulsarDouble",
            dependencies: ["Pulsar", nioCore, nioPosix, nioSSL],
            path: "Tests/PulsarDouble", swiftSettings: strict),
        tests("JSONValuesTests", ["JSONValues"]),
        tests("LogsTests", ["Logs", "JSONValues", "Secrets", logging]),
        tests("EventsTests", ["Events", "Apps", "Git", "Graphs", "JSONValues", "Logs", logging]),
        tests(
            "AccessTests",
            [
                "Access", "JSONValues", "Kubernetes", "Sandbox", "Secrets", asn1, crypto, cryptoExtras, jwtKit, logging,
                nioSSL, x509,
            ]),
        tests("YAMLValuesTests", ["YAMLValues", "JSONValues"]),
        tests("GitTests", ["Git"]),
        tests("SignaturesTests", ["Signatures", crypto]),
        tests("GraphsTests", ["Graphs", "JSONValues"]),
        tests("HousekeepingTests", ["Housekeeping", "Apps", "Git", "Graphs", "JSONValues", logging, systemPackage]),
        tests("RemotesTests", ["Remotes", "Git"]),
        tests(
            "AppsTests",
            [
                "Apps", "Git", "Graphs", "Instruments", "JSONValues", "Remotes", "Signatures", collections, lifecycle,
                logging,
            ]),
        tests(
            "KubernetesTests",
            ["Kubernetes", "JSONValues", "Secrets", collections, logging, nioCore, nioHTTP1, nioPosix, nioSSL]),
        tests(
            "CommitStatusesTests",
            [
                "CommitStatuses", "Apps", "Forges", "Git", "Graphs", "JSONValues", "Kubernetes", "Logs", "Sandbox",
                "Sync", collections, logging,
            ]),
        tests(
            "ForgesTests",
            [
                "Forges", "Instruments", "JSONValues", "Listening", "Secrets", crypto, httpTypes, hummingbird, logging,
                nioCore,
            ]),
        tests(
            "SyncTests",
            [
                "Sync", "Apps", "Events", "Git", "Grafana", "Graphs", "Instruments", "JSONValues", "Kubernetes",
                "Sandbox", "Secrets",
                collections, logging,
            ]),
        tests("MigrationTests", ["Migration", "Apps", "Git", "Graphs", "JSONValues", collections, logging]),
        tests("OpenAPITests", ["OpenAPI", "JSONValues"]),
        tests(
            "GrafanaTests", ["Grafana", "JSONValues", "Sandbox", "Secrets", logging, subprocess, systemPackage]),
        tests("URLTextTests", ["URLText"]),
        tests("UpstreamsTests", ["Upstreams", nioCore, nioHTTP1, nioPosix]),
        tests("FlowsTests", ["Flows", "JSONValues", "Listening", httpClient, logging, nioCore, nioHTTP1]),
        tests("GitHTTPTests", ["GitHTTP", "Listening", httpClient, httpTypes, logging, nioCore, nioHTTP1]),
        tests("GzipTests", ["Gzip"]),
        tests("InstrumentsTests", ["Instruments"]),
        tests("ListeningTests", ["Listening", hummingbird, lifecycle, logging, nioCore, nioPosix]),
        tests("PulsarTests", ["Pulsar", "PulsarDouble", "Secrets", logging, nioCore, nioPosix, nioSSL, protobuf]),
        tests(
            "HealthTests",
            ["Health", "Gzip", "JSONValues", "Kubernetes", "Pulsar", "Sandbox", collections, logging]),
        tests(
            "ServiceTests",
            [
                "Access", "Apps", "Events", "Flows", "Forges", "Git", "Grafana", "Graphs", "Gzip", "Health",
                "Housekeeping", "Instruments", "JSONValues", "Kubernetes", "Listening", "Logs", "OpenAPI", "Pulsar",
                "PulsarDouble", "Sandbox", "Secrets", "Service", "Sync",
                "Upstreams", httpTypes, crypto, httpClient,
                hummingbird,
                .product(name: "HummingbirdTesting", package: "hummingbird"), logging, nioCore,
                nioPosix, nioSSL,
            ],
            resources: [.copy("Recordings")]),
        tests(
            "SandboxTests",
            ["Sandbox", "JSONValues", httpClient, logging, nioCore, nioFoundation, nioHTTP1],
            resources: [.copy("Recordings")]),
        tests(
            "EndToEndTests",
            [
                "JSONValues", "Sandbox", httpClient, logging, nioCore, nioFoundation, nioHTTP1, subprocess,
                systemPackage,
            ]),
    ]
)

if let fuzzing {
    package.targets.append(
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "Flows", "Forges", "Git", "Graphs", "JSONValues", "Kubernetes", "Pulsar", "Signatures", "URLText",
                "YAMLValues", nioCore,
            ],
            path: "Tests/Fuzzing", exclude: ["Corpus"], swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(["-sanitize=address", "\(fuzzing)/libclang_rt.fuzzer_no_main-x86_64.a", "-lstdc++"])
            ]))
}
