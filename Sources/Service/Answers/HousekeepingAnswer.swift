import Apps
import Housekeeping
import JSONValues

/// How the repository is kept in order, for `GET /api/v1/sync`.
struct HousekeepingAnswer {
    let json: JSON

    init(_ report: HousekeepingReport) {
        var item = JSONObject()
        item["state"] = .string(report.state.rawValue)
        item["message"] = report.message.map { .string($0) } ?? .null
        item["lastPass"] =
            report.lastPass.map { .string(Timestamp(seconds: Int64($0), offsetMinutes: 0).description) } ?? .null
        item["looseObjects"] = report.census.map { .int(Int64($0.looseObjects)) } ?? .null
        item["packs"] = report.census.map { .int(Int64($0.packs.count)) } ?? .null
        item["bytes"] = report.census.map { .int(Int64($0.bytes)) } ?? .null
        json = .object(item)
    }
}
