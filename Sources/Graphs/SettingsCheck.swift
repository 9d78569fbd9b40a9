import JSONValues

/// The settings of a graph repository, `rampart.yaml`, as far as every service has to understand them.
public enum SettingsCheck {
    /// Checks the file: a mapping, whose `format` is a whole number that this code knows.
    ///
    /// - Throws: all ``Problems`` of the file, each with line and column.
    public static func check(_ bytes: [UInt8], newestFormat: Int, file: String?) throws(Problems) {
        let document = try Document(reading: bytes, format: .yaml, file: file)
        if document.json.isNull { return }
        guard let object = document.json.object else {
            throw document.problem(
                Finding(path: [], message: "expected settings such as 'format: 1', found \(document.json.kindName)"))
        }
        guard let format = object["format"] else { return }
        guard let number = format.int, number >= 1 else {
            throw document.problem(
                Finding(
                    path: ["format"], message: "expected a whole number from 1 on, found \(format.text().excerpt())"))
        }
        if number > newestFormat {
            throw document.problem(
                Finding(
                    path: ["format"],
                    message: "is \(number), expected at most \(newestFormat): a newer service is needed"))
        }
    }
}
