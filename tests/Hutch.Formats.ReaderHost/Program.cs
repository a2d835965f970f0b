using Hutch.Formats.Hdf5;
using Hutch.Formats.Hdf5Content;

// What `hutch hdf5-reader` and `hutch hdf5-content` are in the product: tests and benchmarks start this instead, so that they need no
// command line.
return args is ["content"]
    ? ContentHost.Run(Console.OpenStandardInput(), Console.OpenStandardOutput())
    : Hdf5ReaderHost.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
