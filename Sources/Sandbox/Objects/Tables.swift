import Foundation
import JSONValues

/// The forms in which `kubectl get` and metadata-only readers want objects.
enum Tables {
    /// `meta.k8s.io/v1` Table of objects.
    static func table(_ objects: [JSON], _ kind: ResourceKind, now: Date, metadata: JSON, withColumns: Bool = true)
        -> JSON
    {
        let columns = self.columns(kind)
        let definitions = columns.map { column -> JSON in
            [
                "name": .string(column.name),
                "type": .string(column.name == "Age" && kind.isCustom ? "date" : "string"),
                "format": .string(column.name == "Name" ? "name" : ""), "description": "", "priority": 0,
            ]
        }
        let rows = objects.map { object -> JSON in
            [
                "cells": .array(columns.map { $0.cell(object, now) }),
                "object": partial(object),
            ]
        }
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": withColumns ? .array(definitions) : .null, "rows": .array(rows),
        ]
    }

    /// `PartialObjectMetadata`: an object without its content.
    static func partial(_ object: JSON) -> JSON {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:]]
    }

    private struct Column {
        let name: String
        let cell: (JSON, Date) -> JSON
    }

    private static func columns(_ kind: ResourceKind) -> [Column] {
        let name = Column(name: "Name") { object, _ in object.at("metadata", "name") ?? "" }
        let age = Column(name: "Age") { object, now in .string(self.age(object, now)) }
        switch kind {
        case .rampartGraphs:
            return [
                name, Column(name: "Phase") { object, _ in object.at("status", "phase") ?? "" },
                Column(name: "Version") { object, _ in
                    object.at("metadata", "annotations", "rampart.petuum.com/version") ?? ""
                }, age,
            ]
        case .namespaces, .pods:
            return [name, Column(name: "Status") { object, _ in object.at("status", "phase") ?? "" }, age]
        case .secrets:
            return [
                name, Column(name: "Type") { object, _ in object["type"] ?? "Opaque" },
                Column(name: "Data") { object, _ in .int(Int64(object["data"]?.object?.count ?? 0)) }, age,
            ]
        case .definitions:
            return [
                name,
                Column(name: "Created At") { object, _ in object.at("metadata", "creationTimestamp") ?? "" },
            ]
        default:
            return [name, age]
        }
    }

    /// How long an object has been there, as kubectl writes it: `5s`, `3m2s`, `4h`, `7d`.
    static func age(_ object: JSON, _ now: Date) -> String {
        guard let text = object.at("metadata", "creationTimestamp")?.string,
            let created = try? Date(text, strategy: .iso8601)
        else { return "<unknown>" }
        let seconds = max(0, Int(now.timeIntervalSince(created)))
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return "\(seconds / 60)m" + (seconds % 60 == 0 ? "" : "\(seconds % 60)s")
        case ..<10_800: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3_600)h"
        default: return "\(seconds / 86_400)d"
        }
    }
}
