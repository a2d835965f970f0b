namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>Joins the files of a dataset to the table of its sessions.</summary>
public static class SessionBuilder
{
    /// <summary>The most exposures of a table; a session of a week has some 50 000.</summary>
    public const int MaxExposures = 200_000;

    /// <summary>The most places of a table.</summary>
    public const int MaxPlaces = 200_000;

    /// <param name="paths">The paths of all files of the dataset, in any order.</param>
    /// <param name="read">Those that were read.</param>
    /// <param name="remarks">About files that were left out before.</param>
    public static SessionTable Build(IReadOnlyList<string> paths, IReadOnlyList<SessionFile> read, IReadOnlyList<Remark> remarks)
    {
        var draft = new SessionDraft(new FileIndex(paths));
        foreach (Remark remark in remarks)
        {
            draft.Remarks.Add(remark.Message, remark.Path);
        }

        foreach (SessionFile file in read.Where(static file => file.Problem is not null))
        {
            draft.Remarks.Add($"It could not be read and is left out: {file.Problem}", file.Path);
        }

        SessionFile[] ordered = [.. read.OrderBy(static file => file.Path, StringComparer.Ordinal)];
        new EpuJoin(draft, paths, ordered).Run();
        new SerialEmJoin(draft, ordered).Run();
        return draft.ToTable();
    }
}
