import { type ComponentProps, useState } from "react";

interface FrameProps extends ComponentProps<"iframe"> {
  title: string;
}

/** A frame, marked as loading until its document is drawn. */
export function Frame({ title, onLoad, ...props }: FrameProps) {
  const document = props.srcDoc ?? props.src;
  const [loaded, setLoaded] = useState<string>();
  return (
    <iframe
      title={title}
      data-loading={loaded === document ? undefined : true}
      referrerPolicy="no-referrer"
      onLoad={(event) => {
        setLoaded(document);
        onLoad?.(event);
      }}
      {...props}
    />
  );
}
