namespace Hutch.Model.Records;

/// <summary>A tree in the journal: the hash of the root page, the content id, and the number and bytes of its files.</summary>
public sealed record TreeReference(BlobHash Page, BlobHash Content, long Files, long Bytes)
{
    public static TreeReference From(TreeRoot root) => new(root.Page, root.ContentId, root.Files, root.Bytes);

    public TreeRoot ToRoot() => new(Page, Content, Files, Bytes);
}
