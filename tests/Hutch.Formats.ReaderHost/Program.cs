using Hutch.Formats.Hdf5;

// What `hutch hdf5-reader` is in the product: tests and benchmarks start this instead, so that they need no command line.
return Hdf5ReaderHost.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
