namespace Hutch.Commands.Hosting;

/// <summary>Sizes in arguments.</summary>
internal static class Sizes
{
    internal static Result<long> Parse(string text) => ByteSize.TryParse(text) is { } size
        ? size
        : ErrorCode.BadRequest.With($"{Display.Quote(text)} is not a size: use {ByteSize.Form}.");
}
