namespace Hutch.Model.Records;

/// <summary>A tree as the journal names it: hash of the root page, content id, number of files and bytes below.</summary>
public sealed record TreeReference(BlobHash Page, BlobHash Content, long Files, long Bytes)
{
    public static TreeReference Of(TreeRoot root) => new(root.Page, root.ContentId, root.Files, root.Bytes);

    /// <summary>The tree that is named.</summary>
    public TreeRoot ToRoot() => new(Page, Content, Files, Bytes);
}
