using Hutch.Model;

namespace Hutch.Site.Committing;

/// <summary>Writers of a dataset are told to try again as long as this lasts.</summary>
internal sealed class HeldWrites : IDisposable
{
    private readonly CommitContext _context;
    private readonly DatasetId _dataset;

    public HeldWrites(CommitContext context, DatasetId dataset)
    {
        (_context, _dataset) = (context, dataset);
        context.Hold(dataset);
    }

    public void Dispose() => _context.LetGo(_dataset);
}
