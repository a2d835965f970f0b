namespace Hutch.Model;

/// <summary>Is shown every page of a tree, and every blob that its files name: for marking what lives.</summary>
public interface ITreeVisitor
{
    /// <summary>A page; false to pass over it and everything below, since it was seen already.</summary>
    bool EnterPage(BlobHash page);

    /// <summary>A file's blob.</summary>
    void VisitBlob(BlobHash blob, long size);
}
