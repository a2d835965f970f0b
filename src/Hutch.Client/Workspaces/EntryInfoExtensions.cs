namespace Hutch.Client.Workspaces;

internal static class EntryInfoExtensions
{
    /// <summary>
    /// Returns true if a working directory is the same with either entry, or without both. A new time alone is no change.
    /// </summary>
    internal static bool IsSameAs(this EntryInfo? a, EntryInfo? b) =>
        a is null || b is null
            ? a is null && b is null
            : a.Kind == b.Kind && a.Hash == b.Hash && a.Target == b.Target && (a.Executable ?? false) == (b.Executable ?? false)
                && a.RestrictedMode() == b.RestrictedMode();

    /// <summary>Returns the recorded permissions of the entry's file; null for those of a new file.</summary>
    internal static int? RestrictedMode(this EntryInfo? entry) =>
        Model.RestrictedMode.Parse(entry?.Metadata?.GetValueOrDefault(Model.RestrictedMode.Name));

    internal static IReadOnlyDictionary<string, string>? With(this IReadOnlyDictionary<string, string>? metadata, int? keptMode)
    {
        string? before = metadata?.GetValueOrDefault(Model.RestrictedMode.Name);
        string? after = keptMode is { } mode ? Model.RestrictedMode.Format(mode) : null;
        if (before == after)
        {
            return metadata;
        }

        var changed = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        changed.Remove(Model.RestrictedMode.Name);
        if (after is not null)
        {
            changed.Add(Model.RestrictedMode.Name, after);
        }

        return changed.Count == 0 ? null : changed;
    }
}
