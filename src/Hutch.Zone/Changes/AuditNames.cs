using System.Text.RegularExpressions;

namespace Hutch.Zone.Changes;

/// <summary>Names in place of the ids in lines of the audit, as far as the zone still knows them.</summary>
internal static partial class AuditNames
{
    private const string DatasetTarget = "dataset:";

    /// <summary>Adds the name of the dataset that a line is about.</summary>
    public static AuditRecord WithTargetName(ZoneTables tables, AuditRecord line) =>
        line.Target?.StartsWith(DatasetTarget, StringComparison.Ordinal) == true
        && DatasetId.TryParse(line.Target[DatasetTarget.Length..], out DatasetId dataset)
        && tables.Names.Find(dataset) is { } name
            ? line with { TargetName = name.FullName }
            : line;

    /// <summary>Writes <c>site:NAME</c> for <c>site:ID</c> in the detail of a line.</summary>
    public static AuditRecord WithSiteNames(ZoneTables tables, AuditRecord line) => line.Detail is { } detail
        ? line with { Detail = SiteId().Replace(detail, id => tables.Sites.Find(id.Value)?.Name ?? id.Value) }
        : line;

    [GeneratedRegex(@"(?<=\bsite:)[0-9a-f]{16}\b")]
    private static partial Regex SiteId();
}
