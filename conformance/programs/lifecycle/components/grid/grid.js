Component({ props: { data: [], fields: [] } });
