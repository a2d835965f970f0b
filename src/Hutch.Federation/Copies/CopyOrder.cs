using Hutch.Model;

namespace Hutch.Federation.Copies;

/// <summary>A dataset that this site is to have, or reads for somebody.</summary>
/// <param name="Zone">The id of the zone.</param>
/// <param name="Receiver">The fingerprint of this site's key.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Owner">Who owns it, as the zone says.</param>
/// <param name="Slug">Its name within the owner's, as the zone says.</param>
/// <param name="Epoch">The epoch of its home, as the zone says.</param>
internal sealed record CopyOrder(string Zone, BlobHash Receiver, DatasetId Dataset, string Owner, string Slug, long Epoch);
