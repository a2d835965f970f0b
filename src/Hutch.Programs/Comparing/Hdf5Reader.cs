using Hutch.Model.Contents;

namespace Hutch.Programs.Comparing;

/// <summary>Asks a question about one of two files. A reader in a jail answers: the files come from programs of users.</summary>
public delegate Task<Result<byte[]>> Hdf5Reader(ContentRequest request, CancellationToken ct);
