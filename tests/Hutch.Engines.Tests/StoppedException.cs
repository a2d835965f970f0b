namespace Hutch.Engines.Tests;

internal sealed class StoppedException : Exception;
