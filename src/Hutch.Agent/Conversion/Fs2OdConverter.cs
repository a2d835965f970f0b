using Hutch.Agent.Blocks;

namespace Hutch.Agent.Conversion;

/// <summary>Turns a configuration of fs2od into the section <c>agent</c>, and says what became of each key.</summary>
public static class Fs2OdConverter
{
    private const string WatchedKey = "watchedDirectories";
    private static readonly string[] DefaultReminders = ["30d", "7d", "1d", "2h"];

    /// <returns>A refusal if the file is not YAML, or watches no folder.</returns>
    public static Result<ConvertedConfiguration> Convert(ReadOnlySpan<byte> file) =>
        YamlReader.Read(file, new YamlLimits()).Then(Convert);

    private static Result<ConvertedConfiguration> Convert(YamlMap map)
    {
        string[] watched = Texts(map.Find(WatchedKey));
        if (watched.Length == 0)
        {
            return ErrorCode.Unprocessable.With($"'{WatchedKey}' is missing or empty: this is no configuration of fs2od.");
        }

        var report = new List<ConvertedKey>();
        Report(map, "", report);
        var yaml = new StringBuilder("agent:\n  folders:\n");
        foreach (string folder in watched)
        {
            Folder(yaml, folder, map, report);
        }

        return new ConvertedConfiguration(yaml.ToString(), report);
    }

    private static void Folder(StringBuilder yaml, string folder, YamlMap map, List<ConvertedKey> report)
    {
        Line(yaml, "    - watch: ", folder.TrimEnd('/'));
        string[] files = Texts(map.Find("metadataFiles"));
        yaml.Append(CultureInfo.InvariantCulture, $"      metadataFiles: [{List(files.Length > 0 ? files : ["SPA.yml"])}]\n");
        Line(yaml, "      runningFile: ", Text(map, "continousFileImport.runningFileName", ".running"));
        yaml.Append("      visibility: public # fs2od publishes everything at once; private and embargo are possible here\n");
        if (Span(map.Find("dataReplication.timeUntilRemoved"), report) is { } keep)
        {
            Line(yaml, "      keep: ", keep);
        }

        string[] offsets = [.. Texts(map.Find("messaging.email.timeBeforeAction")).Select(text => Days(text)).OfType<string>()];
        yaml.Append(CultureInfo.InvariantCulture, $"      remind: [{List(offsets.Length > 0 ? offsets : DefaultReminders)}]\n");
        yaml.Append("      block:\n");
        Line(yaml, "        name: ", Text(map, "metadataFileTags.onedata", "Onedata"));
        if (map.Find("fs2odMetadataFile.enabled") is YamlScalar { Text: "true" or "True" or "TRUE" or "yes" or "on" })
        {
            Line(yaml, "        file: ", Text(map, "fs2odMetadataFile.filename", ".fs2od"));
        }

        Line(yaml, "        space: ", Text(map, "metadataFileTags.space", "Space"));
        Line(yaml, "        inviteToken: ", Text(map, "metadataFileTags.inviteToken", "InviteToken"));
        Line(yaml, "        publicUrl: ", Text(map, "metadataFileTags.publicURL", "PublicURL"));
        Line(yaml, "        deniedProviders: ", Text(map, "metadataFileTags.deniedProviders", "DeniedProviders"));
        Line(yaml, "        removingTime: ", Text(map, "metadataFileTags.removingTime", "RemovingTime"));
        yaml.Append("        inviteInBlock: true # as before; every reader of the file can use the invite\n");
    }

    private static void Report(YamlMap map, string above, List<ConvertedKey> report)
    {
        foreach ((YamlScalar key, YamlValue value) in map.Entries)
        {
            string way = above.Length == 0 ? key.Text : $"{above}.{key.Text}";
            if (value is YamlMap { Entries.Count: > 0 } below)
            {
                Report(below, way, report);
            }
            else
            {
                report.Add(new ConvertedKey(value.Line, way, Fs2OdKeys.OutcomeOf(way, value)));
            }
        }
    }

    // "7d 5h" is summed up there, a month is 30 days and a year 365; "never" is no end, and "now" no time span.
    private static string? Span(YamlValue? node, List<ConvertedKey> report)
    {
        if (node is not YamlScalar { IsNull: false } scalar || scalar.Text == "never")
        {
            return null;
        }

        if (Days(scalar.Text) is { } span)
        {
            return span;
        }

        const string Key = "dataReplication.timeUntilRemoved";
        report.RemoveAll(entry => entry.Key == Key);
        string outcome = $"not taken: {Display.Quote(scalar.Text)} is no time span; the files are kept for ever.";
        report.Add(new ConvertedKey(scalar.Line, Key, outcome));
        return null;
    }

    private static string? Days(string text)
    {
        long hours = 0;
        foreach (string part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            long factor = part[^1] switch { 'y' => 365 * 24, 'm' => 30 * 24, 'd' => 24, 'h' => 1, _ => 0 };
            if (factor == 0 || !int.TryParse(part[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            {
                return null;
            }

            hours += factor * count;
        }

        string span = hours % 24 == 0 ? $"{hours / 24}d" : $"{hours}h";
        return hours > 0 && Rules.CalendarSpan.Parse(span).IsOk ? span : null;
    }

    private static void Line(StringBuilder yaml, string key, string value) => yaml.Append(key).Append(BlockText.Scalar(value)).Append('\n');

    private static string List(IEnumerable<string> items) => string.Join(", ", items.Select(BlockText.Quoted));

    private static string Text(YamlMap map, string way, string otherwise) =>
        map.Find(way) is YamlScalar { IsNull: false, Text.Length: > 0 } scalar ? scalar.Text : otherwise;

    private static string[] Texts(YamlValue? node) => node is YamlList list
        ? [.. list.Items.OfType<YamlScalar>().Where(item => !item.IsNull && item.Text.Length > 0).Select(item => item.Text)]
        : [];
}
