namespace Hutch.Client.Http;

/// <summary>Bytes that arrived are not what their hash says. Nothing was put in place.</summary>
public sealed class VerificationException(string what, BlobHash expected, BlobHash actual)
    : Exception($"{what}: the received data has the hash {actual}, not {expected}. Nothing was written.");
