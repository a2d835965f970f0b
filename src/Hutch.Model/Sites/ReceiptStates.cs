namespace Hutch.Model.Sites;

/// <summary>The states of a file in a receipt.</summary>
public static class ReceiptStates
{
    /// <summary>Its bytes are durable at the site, and no end of them is announced.</summary>
    public const string Stored = "stored";

    /// <summary>Its bytes are durable at the site until the dataset, or the file in it, expires.</summary>
    public const string Temporary = "temporary";

    /// <summary>The version has it, but its bytes are not at this site, or are damaged. This proves nothing.</summary>
    public const string Elsewhere = "elsewhere";
}
