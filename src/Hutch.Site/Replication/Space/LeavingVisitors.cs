namespace Hutch.Site.Replication.Space;

/// <summary>Shows a tree to several visitors in one walk: each page is read once if any of them needs it.</summary>
internal sealed class LeavingVisitors(IReadOnlyList<LeavingMembers> visitors) : ITreeVisitor
{
    public bool EnterPage(BlobHash page)
    {
        bool isNew = false;
        foreach (LeavingMembers visitor in visitors)
        {
            isNew |= visitor.EnterPage(page);
        }

        return isNew;
    }

    public void VisitBlob(BlobHash blob, long size)
    {
        foreach (LeavingMembers visitor in visitors)
        {
            visitor.VisitBlob(blob, size);
        }
    }
}
