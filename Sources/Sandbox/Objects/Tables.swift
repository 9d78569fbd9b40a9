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
                "format": .string(column.name == "Name" ? "name" : ""), "description": "",
                "priority": column.isWide ? 1 : 0,
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

    /// With or without a fraction of the second.
    private static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    private struct Column {
        let name: String
        /// Whether it is shown only where somebody asks for all (`-o wide`).
        var isWide = false
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
        case .events:
            return [
                Column(name: "Last Seen") { event, now in .string(self.age(EventRules.lastSeen(event), now)) },
                Column(name: "Type") { event, _ in event["type"] ?? "" },
                Column(name: "Reason") { event, _ in event["reason"] ?? "" },
                Column(name: "Object") { event, _ in .string(EventRules.object(event)) },
                Column(name: "Subobject", isWide: true) { event, _ in event.at("involvedObject", "fieldPath") ?? "" },
                Column(name: "Source", isWide: true) { event, _ in .string(EventRules.source(event)) },
                Column(name: "Message") { event, _ in event["message"] ?? "" },
                Column(name: "First Seen", isWide: true) { event, now in
                    .string(self.age(EventRules.firstSeen(event), now))
                },
                Column(name: "Count", isWide: true) { event, _ in .int(EventRules.count(event)) },
                Column(name: "Name", isWide: true) { event, _ in event.at("metadata", "name") ?? "" },
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
        age(object.at("metadata", "creationTimestamp")?.string, now)
    }

    /// How long ago a time in RFC 3339 was.
    private static func age(_ time: String?, _ now: Date) -> String {
        guard let time, let then = date(time) else { return "<unknown>" }
        let seconds = max(0, Int(now.timeIntervalSince(then)))
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return "\(seconds / 60)m" + (seconds % 60 == 0 ? "" : "\(seconds % 60)s")
        case ..<10_800: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3_600)h"
        default: return "\(seconds / 86_400)d"
        }
    }
}
