namespace Hutch.Site.Write.Committing;

/// <summary>Asks the writers of a dataset to retry, until it is disposed.</summary>
internal sealed class WritePause : IDisposable
{
    private readonly CommitContext _context;
    private readonly DatasetId _dataset;

    public WritePause(CommitContext context, DatasetId dataset)
    {
        (_context, _dataset) = (context, dataset);
        context.Pause(dataset);
    }

    public void Dispose() => _context.LetGo(_dataset);
}
