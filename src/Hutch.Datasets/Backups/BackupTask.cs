using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Backups;

/// <summary><c>backup</c>: for administrators, as it writes where they say.</summary>
public sealed class BackupTask(BackupWriter writer) : IMaintenanceTask
{
    internal const string Kind = "backup";

    private const int MaxNamed = 20;

    private static readonly ParameterDeclaration Folder = new()
    {
        Name = "folder",
        Title = "Folder",
        Kind = ValueKind.Text,
        Description = "Where to: an absolute path on the disk of the server.",
    };

    private static readonly ParameterDeclaration WithKeys = new()
    {
        Name = "withKeys",
        Title = "With keys",
        Kind = ValueKind.Boolean,
        Description = "Whether keys and the configuration go with it.",
        Default = JsonElement.Parse("false"),
    };

    private static readonly ParameterDeclaration Keep = new()
    {
        Name = "keep",
        Title = "Keep",
        Kind = ValueKind.WholeNumber,
        Description = "How many backups stay in the folder; all when absent.",
        Minimum = 1,
        Maximum = int.MaxValue,
    };

    public TaskDeclaration Declaration { get; } = new()
    {
        Kind = Kind,
        Description = "Back up the data folder into a folder on the server's disk.",
        Starter = TaskStarter.Administrator,
        Parameters = [Folder, WithKeys, Keep],
        CheckTogether = static values => Path.IsPathFullyQualified(values.Text(Folder.Name) ?? "")
            ? null
            : ErrorCode.BadRequest.With("'folder' is missing: give an absolute path on the server."),
    };

    public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
    {
        var wanted = new BackupRequest(
            values.Text(Folder.Name)!, values.Boolean(WithKeys.Name) ?? false, (int?)values.WholeNumber(Keep.Name));
        BackupSummary summary = (await writer.CreateAsync(wanted, progress, cancellationToken)).Value;
        return JobOutcome.From(Describe(summary), summary, BackupJson.Default.BackupSummary);
    }

    public static string Describe(BackupSummary summary)
    {
        string partial = summary.Damage.Count == 0 ? "" : " is PARTIAL";
        return $"Backup {summary.Name}{partial}: {summary.Files} files, {Display.Bytes(summary.Bytes)} "
            + $"({Display.Bytes(summary.CopiedBytes)} copied, {Display.Bytes(summary.LinkedBytes)} linked, "
            + $"{Display.Bytes(summary.ReusedBytes)} reused)."
            + (summary.Removed == 0 ? "" : $" Removed {summary.Removed} older.")
            + (summary.Damage.Count == 0 ? "" : $" Damaged in the data folder, and so not in the backup: {Some(summary.Damage)}");
    }

    private static string Some(IReadOnlyList<string> damage) =>
        string.Join("; ", damage.Take(MaxNamed)) + (damage.Count > MaxNamed ? $"; and {damage.Count - MaxNamed} more" : "");

    internal static IEnumerable<KeyValuePair<string, JsonElement>> Parameters(BackupRequest wanted)
    {
        yield return new(Folder.Name, JsonSerializer.SerializeToElement(wanted.Folder, BackupJson.Default.String));
        yield return new(WithKeys.Name, JsonSerializer.SerializeToElement(wanted.WithKeys, BackupJson.Default.Boolean));
        if (wanted.Keep is { } keep)
        {
            yield return new(Keep.Name, JsonSerializer.SerializeToElement(keep, BackupJson.Default.Int32));
        }
    }
}
