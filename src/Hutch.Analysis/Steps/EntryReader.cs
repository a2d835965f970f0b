using Hutch.Model;

namespace Hutch.Analysis.Steps;

/// <summary>
/// Reads an entry of at most <paramref name="maxBytes"/> bytes from where the frames are: a dataset of this site or an S3 bucket. Null when
/// it does not exist.
/// </summary>
public delegate Task<Result<byte[]?>> EntryReader(string path, int maxBytes, CancellationToken cancellationToken);
