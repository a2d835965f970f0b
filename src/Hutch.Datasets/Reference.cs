using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Datasets;

/// <summary>Between trees and the way in which the journal names them.</summary>
public static class Reference
{
    /// <summary>How the journal names a tree.</summary>
    public static TreeReference To(TreeRoot root) => new(root.Page, root.ContentId, root.Files, root.Bytes);
}
