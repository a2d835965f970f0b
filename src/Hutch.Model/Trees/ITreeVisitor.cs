namespace Hutch.Model;

/// <summary>Visits every page of a tree, and every blob of its files: for marking in garbage collection.</summary>
public interface ITreeVisitor
{
    /// <summary>Visits a page; returns false to skip it and everything below, because it was visited before.</summary>
    bool EnterPage(BlobHash page);

    void VisitBlob(BlobHash blob, long size);
}
