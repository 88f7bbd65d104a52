declare const soukGroup: (e: object) => void;
soukGroup({});
