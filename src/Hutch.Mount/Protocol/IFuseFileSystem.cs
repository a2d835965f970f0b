namespace Hutch.Mount.Protocol;

/// <summary>The answers of a file system.</summary>
internal interface IFuseFileSystem
{
    /// <summary>Answers a request. Called concurrently; expected failures are error numbers.</summary>
    /// <param name="cancellationToken">Cancelled when the program that waits is interrupted.</param>
    ValueTask<FuseReply> AnswerAsync(FuseRequest request, CancellationToken cancellationToken);
}
