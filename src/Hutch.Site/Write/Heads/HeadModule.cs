using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>The heads of datasets: reading, compacting, reverting and moving.</summary>
internal sealed class HeadModule
{
    public HeadModule(
        Committer committer, SiteDatabase records, Tree tree, BlobIntake intake, OperationTracker operations, CompactionOptions options,
        bool isOfOthers, TimeProvider time, ILogger<CompactionScheduler> logger)
    {
        Cache = new HeadCache(committer, records);
        Reader = new HeadReader(records, tree, Cache, isOfOthers);
        Compactor = new HeadCompactor(committer, records, tree, operations, new ResultFiles(records, intake, Reader, time), options, time);
        var editor = new HeadEditor(committer, Reader, Compactor, operations);
        Reverter = new HeadReverter(editor, Reader, operations);
        Filler = new HeadFiller(editor);
        Mover = new HeadMover(editor, Reader);
        Scheduler = new CompactionScheduler(committer, records, Compactor, options, time, logger);
    }

    public HeadCache Cache { get; }

    public HeadReader Reader { get; }

    public HeadCompactor Compactor { get; }

    public HeadReverter Reverter { get; }

    public HeadFiller Filler { get; }

    public HeadMover Mover { get; }

    public CompactionScheduler Scheduler { get; }
}
