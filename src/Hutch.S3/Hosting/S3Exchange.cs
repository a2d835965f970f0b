using Hutch.S3.Forms;
using Hutch.S3.Http;
using Hutch.S3.Observation;
using Hutch.S3.Operations;
using Hutch.S3.Signing;

namespace Hutch.S3.Hosting;

/// <summary>The record of one request at the door: what is known of it so far, and its labels for the metrics.</summary>
internal sealed class S3Exchange : RequestTally
{
    /// <summary>The timestamp of its beginning.</summary>
    public required long Start { get; init; }

    /// <summary>The bucket and the key; null until the request line is read.</summary>
    public S3Target? Target { get; set; }

    /// <summary>The operation. Reading the target finds it.</summary>
    public S3Operation Handler { get; set; } = null!;

    /// <summary>The HTML form of an upload by one; null for other requests.</summary>
    public FormUpload? Form { get; set; }

    /// <summary>The signature; null for an unsigned request.</summary>
    public RequestSignature? Signature { get; set; }

    /// <summary>The key that signs the chunks of the body; empty for an unsigned request.</summary>
    public ReadOnlyMemory<byte> SigningKey { get; set; }
}
